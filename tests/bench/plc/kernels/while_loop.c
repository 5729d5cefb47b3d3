#include <stdint.h>

static struct {
    int32_t table[128], a, b, total, wanted;
    int16_t low, high, found;
    uint32_t seed;
    int filled;
} s = {.seed = 99};

void twin_scan(void)
{
    if (!s.filled) {
        for (int i = 1; i <= 128; i++) s.table[i - 1] = i * i;
        s.filled = 1;
    }
    s.seed = s.seed * 1664525u + 1013904223u;
    int32_t a = (int32_t)(s.seed / 4) + 1, b = (int32_t)(s.seed % 65536) + 1;
    while (b != 0) {
        int32_t rest = a % b;
        a = b;
        b = rest;
    }
    s.a = a;
    s.total = (int32_t)((uint32_t)s.total + (uint32_t)a);
    s.wanted = (int32_t)(s.seed / 262144);
    int low = 1, high = 128;
    while (low < high) {
        int middle = (low + high) / 2;
        if (s.table[middle - 1] < s.wanted) low = middle + 1;
        else high = middle;
    }
    s.low = (int16_t)low;
    int found = low;
    do {
        s.total = (int32_t)((uint32_t)s.total + (uint32_t)found);
        found /= 3;
    } while (found != 0);
}

void twin_results(double *out)
{
    *out++ = s.a;
    *out++ = s.total;
    *out++ = s.low;
}
