/* Values as text and back. Writers give the length; readers give 1 where the text stands for no value. */

static PLC_UNUSED int32_t plc_write_unsigned(uint8_t *to, uint64_t x)
{
    uint8_t digits[20];
    int32_t n = 0;
    do digits[n++] = (uint8_t)('0' + x % 10); while (x /= 10);
    for (int32_t i = 0; i < n; i++) to[i] = digits[n - 1 - i];
    return n;
}
static PLC_UNUSED int32_t plc_write_signed(uint8_t *to, int64_t x)
{
    if (x >= 0) return plc_write_unsigned(to, (uint64_t)x);
    *to = '-';
    return 1 + plc_write_unsigned(to + 1, -(uint64_t)x);
}
static PLC_UNUSED int32_t plc_write_bool(uint8_t *to, int32_t x)
{
    memcpy(to, x ? "TRUE" : "FALSE", 5);
    return x ? 4 : 5;
}
static PLC_UNUSED int32_t plc_write_word(uint8_t *to, const char *word)
{
    int32_t n = (int32_t)strlen(word);
    memcpy(to, word, (size_t)n);
    return n;
}
static PLC_UNUSED int32_t plc_write_time(uint8_t *to, int64_t x, const char *prefix)
{
    static const char *const units[] = {"d", "h", "m", "s", "ms", "us", "ns"};
    static const uint64_t sizes[] = {86400000000000u, 3600000000000u, 60000000000u, 1000000000u, 1000000u, 1000u, 1u};
    int32_t n = plc_write_word(to, prefix);
    uint64_t left = x < 0 ? -(uint64_t)x : (uint64_t)x;
    if (x < 0) to[n++] = '-';
    if (left == 0) return n + plc_write_word(to + n, "0s");
    for (int i = 0; i < 7; i++) {
        uint64_t count = left / sizes[i];
        left %= sizes[i];
        if (count == 0) continue;
        n += plc_write_unsigned(to + n, count);
        n += plc_write_word(to + n, units[i]);
    }
    return n;
}
/* A number with zeros in front. */
static PLC_UNUSED int32_t plc_write_padded(uint8_t *to, uint64_t x, int32_t digits)
{
    for (int32_t i = digits - 1; i >= 0; i--, x /= 10) to[i] = (uint8_t)('0' + x % 10);
    return digits;
}
static PLC_UNUSED int32_t plc_write_clock(uint8_t *to, int64_t x)
{
    uint64_t of_day = (uint64_t)plc_of_day(x), seconds = of_day / 1000000000u, fraction = of_day % 1000000000u;
    int32_t n = plc_write_padded(to, seconds / 3600, 2);
    to[n++] = ':';
    n += plc_write_padded(to + n, seconds / 60 % 60, 2);
    to[n++] = ':';
    n += plc_write_padded(to + n, seconds % 60, 2);
    if (fraction == 0) return n;
    to[n++] = '.';
    n += plc_write_padded(to + n, fraction, 9);
    while (to[n - 1] == '0') n--;
    return n;
}
static PLC_UNUSED int32_t plc_write_tod(uint8_t *to, int64_t x, const char *prefix)
{
    int32_t n = plc_write_word(to, prefix);
    return n + plc_write_clock(to + n, x);
}
static PLC_UNUSED int32_t plc_write_date(uint8_t *to, int64_t x, const char *prefix)
{
    int32_t n = plc_write_word(to, prefix);
    int64_t day = plc_days(x), year = 1970 + day / 366 - (day < 0);
    while (plc_day_number(year + 1, 1, 1) <= day) year++;
    while (plc_day_number(year, 1, 1) > day) year--;
    int64_t month = 1;
    while (month < 12 && plc_day_number(year, month + 1, 1) <= day) month++;
    n += plc_write_padded(to + n, (uint64_t)year, 4);
    to[n++] = '-';
    n += plc_write_padded(to + n, (uint64_t)month, 2);
    to[n++] = '-';
    return n + plc_write_padded(to + n, (uint64_t)(day - plc_day_number(year, month, 1) + 1), 2);
}
static PLC_UNUSED int32_t plc_write_dt(uint8_t *to, int64_t x, const char *prefix)
{
    int32_t n = plc_write_date(to, x, prefix);
    to[n++] = '-';
    return n + plc_write_clock(to + n, x);
}

/* ---- reading ---- */

typedef struct { uint64_t size; int32_t is_negative; } plc_number;

static PLC_UNUSED int32_t plc_fits(plc_number x, uint64_t low, uint64_t high)
{
    return x.is_negative ? x.size <= low : x.size <= high;
}
static PLC_UNUSED uint64_t plc_signed(plc_number x) { return x.is_negative ? -x.size : x.size; }

/* Spaces around are not part of a value; they are those of str.strip. */
static PLC_UNUSED int32_t plc_is_space(uint8_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31) || c == 0x85 || c == 0xA0;
}
static PLC_UNUSED void plc_strip(const uint8_t **at, int32_t *n)
{
    while (*n && plc_is_space(**at)) ++*at, --*n;
    while (*n && plc_is_space((*at)[*n - 1])) --*n;
}
static PLC_UNUSED uint8_t plc_upper(uint8_t c) { return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c; }
static PLC_UNUSED int32_t plc_is_word(const uint8_t *at, int32_t n, const char *word)
{
    if (n != (int32_t)strlen(word)) return 0;
    for (int32_t i = 0; i < n; i++)
        if (plc_upper(at[i]) != (uint8_t)word[i]) return 0;
    return 1;
}
static PLC_UNUSED int32_t plc_read_bool(const uint8_t *at, int32_t n, int64_t *value)
{
    plc_strip(&at, &n);
    *value = plc_is_word(at, n, "TRUE") || plc_is_word(at, n, "1");
    return !*value && !plc_is_word(at, n, "FALSE") && !plc_is_word(at, n, "0");
}
/* Digits of a base with single underscores between them. */
static PLC_UNUSED int32_t plc_read_digits(const uint8_t *at, int32_t n, uint64_t base, uint64_t *value)
{
    if (n == 0 || at[0] == '_' || at[n - 1] == '_') return 1;
    *value = 0;
    for (int32_t i = 0; i < n; i++) {
        if (at[i] == '_') {
            if (at[i + 1] == '_') return 1;
            continue;
        }
        uint8_t c = plc_upper(at[i]);
        uint64_t digit = c >= '0' && c <= '9' ? (uint64_t)(c - '0') : c >= 'A' && c <= 'F' ? (uint64_t)(c - 'A') + 10 : 16;
        if (digit >= base || *value > (UINT64_MAX - digit) / base) return 1;
        *value = *value * base + digit;
    }
    return 0;
}
static PLC_UNUSED int32_t plc_read_number(const uint8_t *at, int32_t n, plc_number *value)
{
    plc_strip(&at, &n);
    value->is_negative = n && at[0] == '-';
    if (n && (at[0] == '-' || at[0] == '+')) at++, n--;
    uint64_t base = 10;
    int32_t hash = n;
    while (hash > 0 && at[hash - 1] != '#') hash--;
    if (hash) {
        if (plc_is_word(at, hash - 1, "2")) base = 2;
        else if (plc_is_word(at, hash - 1, "8")) base = 8;
        else if (plc_is_word(at, hash - 1, "16")) base = 16;
        else if (!plc_is_word(at, hash - 1, "10")) return 1;
    }
    return plc_read_digits(at + hash, n - hash, base, &value->size);
}
