/* What every program needs: faults, conversions, strings. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PLC_RARELY(condition) __builtin_expect(!!(condition), 0)
#define PLC_UNUSED __attribute__((unused))
#define PLC_INLINED inline __attribute__((always_inline, unused))
/* Keeps a rare way a branch: a choice by conditional move would wait for what is compared. */
#define PLC_BRANCH __asm__ volatile("")
#ifdef __clang__
#define PLC_APART
#else
#define PLC_APART __attribute__((no_icf))
#endif
_Static_assert(__FLT_EVAL_METHOD__ == 0, "REAL is rounded after every operation: use -msse2 -mfpmath=sse on 32-bit x86");

/* Leaving a scan with a fault: not every compiler has the quick form for every processor. */
#ifdef __clang__
#include <setjmp.h>
typedef jmp_buf plc_resume;
#define plc_save(at) _setjmp(at)
#define plc_back(at) _longjmp(at, 1)
#else
typedef void *plc_resume[5];
#define plc_save(at) __builtin_setjmp(at)
#define plc_back(at) __builtin_longjmp(at, 1)
#endif

/* A reference may lead to any byte of the image. */
typedef uint8_t plc_uint8_t;
typedef int8_t plc_int8_t;
typedef uint16_t plc_uint16_t __attribute__((aligned(1), may_alias));
typedef int16_t plc_int16_t __attribute__((aligned(1), may_alias));
typedef uint32_t plc_uint32_t __attribute__((aligned(1), may_alias));
typedef int32_t plc_int32_t __attribute__((aligned(1), may_alias));
typedef uint64_t plc_uint64_t __attribute__((aligned(1), may_alias));
typedef int64_t plc_int64_t __attribute__((aligned(1), may_alias));
typedef float plc_float __attribute__((aligned(1), may_alias));
typedef double plc_double __attribute__((aligned(1), may_alias));

struct plc;
static void plc_stop(struct plc *plc, int32_t site, int64_t value) __attribute__((noreturn, noinline, cold));

/* ---- numbers ---- */

/* NaN has one form in the image. The units that add numbers have enough to do: the bits are looked at by others. */
static inline PLC_UNUSED float plc_real32(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (PLC_RARELY(bits << 1 > 0xFF000000u)) {
        PLC_BRANCH;
        return __builtin_nanf("");
    }
    return x;
}
static inline PLC_UNUSED double plc_real64(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (PLC_RARELY(bits << 1 > 0xFFE0000000000000u)) {
        PLC_BRANCH;
        return __builtin_nan("");
    }
    return x;
}

/* Halves to even; what does not fit gives the lowest number. */
static inline PLC_UNUSED int64_t plc_nearest(double x)
{
    return x >= -9223372036854775808.0 && x < 9223372036854775808.0 ? (int64_t)__builtin_llrint(x) : INT64_MIN;
}
/* gcc 12 makes -(float)n of 0.0f - (float)n, which is wrong for 0 */
static inline PLC_UNUSED float plc_from_zerof(float x)
{
    return 0.0f - x;
}
static inline PLC_UNUSED double plc_from_zero(double x)
{
    return 0.0 - x;
}
static inline PLC_UNUSED int64_t plc_nearestf(float x)
{
    return x >= -9223372036854775808.0f && x < 9223372036854775808.0f ? (int64_t)__builtin_llrintf(x) : INT64_MIN;
}
static inline PLC_UNUSED uint64_t plc_nearest_unsigned(double x)
{
    return x < 9223372036854775808.0 ? (uint64_t)__builtin_llrint(x) : (uint64_t)x;
}

/* Turns of a FOR loop that goes up by `step`. */
static inline PLC_UNUSED uint64_t plc_turns_int64(int64_t from, int64_t to, uint64_t step)
{
    if (from > to) return 0;
    uint64_t turns = ((uint64_t)to - (uint64_t)from) / step;
    return turns == UINT64_MAX ? turns : turns + 1;
}
static inline PLC_UNUSED uint64_t plc_turns_uint64(uint64_t from, uint64_t to, uint64_t step)
{
    if (from > to) return 0;
    uint64_t turns = (to - from) / step;
    return turns == UINT64_MAX ? turns : turns + 1;
}

static inline PLC_UNUSED int32_t plc_least(int32_t a, int32_t b) { return a < b ? a : b; }
static inline PLC_UNUSED int32_t plc_clamp_int64(int64_t x)
{
    return x < INT32_MIN ? INT32_MIN : x > INT32_MAX ? INT32_MAX : (int32_t)x;
}
static inline PLC_UNUSED int32_t plc_clamp_uint32(uint32_t x) { return x > INT32_MAX ? INT32_MAX : (int32_t)x; }
static inline PLC_UNUSED int32_t plc_clamp_uint64(uint64_t x) { return x > INT32_MAX ? INT32_MAX : (int32_t)x; }

/* ---- bits ---- */

static inline PLC_UNUSED uint32_t plc_cut32(uint32_t x, int bits) { return bits < 32 ? x & ((1u << bits) - 1) : x; }
static inline PLC_UNUSED uint32_t plc_shl32(uint32_t x, int64_t n, int bits)
{
    return n <= 0 ? x : n < bits ? plc_cut32(x << n, bits) : 0;
}
static inline PLC_UNUSED uint32_t plc_shr32(uint32_t x, int64_t n, int bits)
{
    return n <= 0 ? x : n < bits ? x >> n : 0;
}
static inline PLC_UNUSED uint32_t plc_rol32(uint32_t x, int64_t n, int bits)
{
    n = n <= 0 ? 0 : n % bits;
    return n == 0 ? x : plc_cut32(x << n | x >> (bits - n), bits);
}
static inline PLC_UNUSED uint32_t plc_ror32(uint32_t x, int64_t n, int bits)
{
    n = n <= 0 ? 0 : n % bits;
    return n == 0 ? x : plc_cut32(x >> n | x << (bits - n), bits);
}
static inline PLC_UNUSED uint64_t plc_shl64(uint64_t x, int64_t n, int bits)
{
    return n <= 0 ? x : n < bits ? x << n : 0;
}
static inline PLC_UNUSED uint64_t plc_shr64(uint64_t x, int64_t n, int bits)
{
    return n <= 0 ? x : n < bits ? x >> n : 0;
}
static inline PLC_UNUSED uint64_t plc_rol64(uint64_t x, int64_t n, int bits)
{
    n = n <= 0 ? 0 : n % bits;
    return n == 0 ? x : x << n | x >> (bits - n);
}
static inline PLC_UNUSED uint64_t plc_ror64(uint64_t x, int64_t n, int bits)
{
    n = n <= 0 ? 0 : n % bits;
    return n == 0 ? x : x >> n | x << (bits - n);
}
static inline PLC_UNUSED int32_t plc_is_bcd(uint64_t x)
{
    for (; x; x >>= 4)
        if ((x & 15) > 9) return 0;
    return 1;
}
static inline PLC_UNUSED uint64_t plc_from_bcd(uint64_t x)
{
    uint64_t value = 0;
    for (int shift = 60; shift >= 0; shift -= 4) value = value * 10 + (x >> shift & 15);
    return value;
}
static inline PLC_UNUSED uint64_t plc_to_bcd(uint64_t x)
{
    uint64_t coded = 0;
    for (int shift = 0; x; shift += 4, x /= 10) coded |= x % 10 << shift;
    return coded;
}
static inline PLC_UNUSED float plc_as_float(uint32_t x) { float y; memcpy(&y, &x, 4); return y; }
static inline PLC_UNUSED double plc_as_double(uint64_t x) { double y; memcpy(&y, &x, 8); return y; }
static inline PLC_UNUSED uint32_t plc_bits32(float x) { uint32_t y; memcpy(&y, &x, 4); return y; }
static inline PLC_UNUSED uint64_t plc_bits64(double x) { uint64_t y; memcpy(&y, &x, 8); return y; }

/* ---- durations and dates, in nanoseconds ---- */

#define PLC_DAY 86400000000000LL
static inline PLC_UNUSED int64_t plc_of_day(int64_t x)
{
    int64_t rest = x % PLC_DAY;
    return rest < 0 ? rest + PLC_DAY : rest;
}
static inline PLC_UNUSED int64_t plc_divide_time(int64_t a, uint64_t b)
{
    uint64_t size = (a < 0 ? -(uint64_t)a : (uint64_t)a) / b;
    return (int64_t)(a < 0 ? -size : size);
}

/* ---- strings: a pointer and a length; in the image ended by 0, with zeros up to the end of the variable ---- */

static inline PLC_UNUSED int32_t plc_count(int32_t wanted, int32_t there)
{
    return wanted <= 0 ? 0 : wanted < there ? wanted : there;
}
static inline PLC_UNUSED int32_t plc_middle(int32_t length, int32_t count, int32_t position)
{
    return position < 1 || position > length ? 0 : plc_count(count, length - position + 1);
}
static inline PLC_UNUSED int32_t plc_length8(const uint8_t *at, int32_t size)
{
    const uint8_t *end = memchr(at, 0, (size_t)size);
    return end ? (int32_t)(end - at) : size;
}
static inline PLC_UNUSED int32_t plc_length16(const uint16_t *at, int32_t size)
{
    int32_t n = 0;
    while (n < size && at[n]) n++;
    return n;
}
static inline PLC_UNUSED void plc_widen(uint16_t *to, const uint8_t *from, int32_t n)
{
    for (int32_t i = 0; i < n; i++) to[i] = from[i];
}
static inline PLC_UNUSED void plc_narrow(uint8_t *to, const uint16_t *from, int32_t n)
{
    for (int32_t i = 0; i < n; i++) to[i] = from[i] < 256 ? (uint8_t)from[i] : '?';
}

#define PLC_STRINGS(W, T)                                                                                             \
    static inline PLC_UNUSED void plc_store##W(T *to, int32_t size, const T *from, int32_t n)                         \
    {                                                                                                                 \
        if (n > size) n = size;                                                                                       \
        memmove(to, from, (size_t)n * sizeof(T));                                                                     \
        memset(to + n, 0, (size_t)(size - n) * sizeof(T));                                                            \
    }                                                                                                                 \
    static inline PLC_UNUSED int32_t plc_append##W(T *to, int32_t have, int32_t most, const T *from, int32_t n)       \
    {                                                                                                                 \
        if (n > most - have) n = most - have;                                                                         \
        memcpy(to + have, from, (size_t)n * sizeof(T));                                                               \
        return have + n;                                                                                              \
    }                                                                                                                 \
    static PLC_UNUSED int32_t plc_insert##W(T *to, int32_t most, const T *a, int32_t na, const T *b, int32_t nb,      \
                                            int32_t position)                                                         \
    {                                                                                                                 \
        int32_t at = plc_count(position, na);                                                                         \
        int32_t n = plc_append##W(to, 0, most, a, at);                                                                \
        n = plc_append##W(to, n, most, b, nb);                                                                        \
        return plc_append##W(to, n, most, a + at, na - at);                                                           \
    }                                                                                                                 \
    static PLC_UNUSED int32_t plc_replace##W(T *to, int32_t most, const T *a, int32_t na, const T *b, int32_t nb,     \
                                             int32_t count, int32_t position)                                         \
    {                                                                                                                 \
        if (position < 1 || position > na + 1) return plc_append##W(to, 0, most, a, na);                              \
        int32_t gone = plc_count(count, na - position + 1);                                                           \
        int32_t n = plc_append##W(to, 0, most, a, position - 1);                                                      \
        if (nb) n = plc_append##W(to, n, most, b, nb);                                                                \
        return plc_append##W(to, n, most, a + position - 1 + gone, na - position + 1 - gone);                         \
    }                                                                                                                 \
    static PLC_UNUSED int32_t plc_find##W(const T *a, int32_t na, const T *b, int32_t nb)                             \
    {                                                                                                                 \
        if (nb == 0) return 0;                                                                                        \
        for (int32_t i = 0; i + nb <= na; i++)                                                                        \
            if (a[i] == b[0] && memcmp(a + i, b, (size_t)nb * sizeof(T)) == 0) return i + 1;                          \
        return 0;                                                                                                     \
    }

PLC_STRINGS(8, uint8_t)
PLC_STRINGS(16, uint16_t)

static inline PLC_UNUSED int32_t plc_compare8(const uint8_t *a, int32_t na, const uint8_t *b, int32_t nb)
{
    int order = memcmp(a, b, (size_t)(na < nb ? na : nb));
    return order ? (order < 0 ? -1 : 1) : (na > nb) - (na < nb);
}
static inline PLC_UNUSED int32_t plc_compare16(const uint16_t *a, int32_t na, const uint16_t *b, int32_t nb)
{
    for (int32_t i = 0; i < na && i < nb; i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return (na > nb) - (na < nb);
}
