#include <stdint.h>

static struct {
    float speed[32], target[32], integral[32], total;
    uint32_t seed;
} s = {.seed = 11};

static float limit(float low, float x, float high)
{
    return x < low ? low : x > high ? high : x;
}

void twin_scan(void)
{
    s.seed = s.seed * 1664525u + 1013904223u;
    s.target[s.seed >> 27] = (float)(s.seed >> 20) / 16.0f;
    s.total = 0;
    for (int i = 0; i < 32; i++) {
        float error = s.target[i] - s.speed[i];
        s.integral[i] = limit(-50.0f, s.integral[i] + error * 0.02f, 50.0f);
        float output = limit(-10.0f, error * 0.6f + s.integral[i], 10.0f);
        s.speed[i] += (output * 1.8f - s.speed[i] * 0.01f) * 0.05f;
        s.total += output * output;
    }
}

void twin_results(double *out)
{
    *out++ = s.total;
    for (int i = 0; i < 16; i++) *out++ = s.speed[i];
    for (int i = 0; i < 16; i++) *out++ = s.integral[i];
}
