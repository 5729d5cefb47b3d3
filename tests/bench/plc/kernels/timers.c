#include <stdbool.h>
#include <stdint.h>

#define MS 1000000LL

struct timer { bool in, q, running, was; int64_t pt, et, start; };

static struct {
    struct timer delays[16], holds[16], pulses[16];
    uint32_t seed, word;
    int32_t started, held, pulsed;
    int64_t elapsed, now;
} s = {.seed = 3, .now = -10 * MS};

static void on_delay(struct timer *t, bool in, int64_t pt)
{
    t->in = in;
    t->pt = pt;
    if (!in) {
        t->running = t->q = false;
        t->et = 0;
        return;
    }
    if (!t->running) {
        t->running = true;
        t->start = s.now;
    }
    if (!t->q) {
        t->et = s.now - t->start;
        if (t->et >= t->pt) {
            t->et = t->pt > 0 ? t->pt : 0;
            t->q = true;
        }
    }
}

static void off_delay(struct timer *t, bool in, int64_t pt)
{
    t->in = in;
    t->pt = pt;
    if (in) {
        t->running = false;
        t->q = true;
        t->et = 0;
    } else if (t->q) {
        if (!t->running) {
            t->running = true;
            t->start = s.now;
        }
        t->et = s.now - t->start;
        if (t->et >= t->pt) {
            t->et = t->pt > 0 ? t->pt : 0;
            t->q = false;
        }
    }
}

static void pulse(struct timer *t, bool in, int64_t pt)
{
    t->in = in;
    t->pt = pt;
    if (in && !t->was && !t->running) {
        t->running = t->q = true;
        t->start = s.now;
    }
    t->was = in;
    if (!t->running) return;
    if (t->q) {
        t->et = s.now - t->start;
        if (t->et >= t->pt) {
            t->et = t->pt > 0 ? t->pt : 0;
            t->q = false;
        }
    }
    if (!t->q && !in) {
        t->running = false;
        t->et = 0;
    }
}

void twin_scan(void)
{
    s.now += 10 * MS;
    s.seed = s.seed * 1664525u + 1013904223u;
    s.word = s.seed / 65536;
    for (int i = 0; i < 16; i++) {
        on_delay(&s.delays[i], s.word % 8 != 0, 35 * MS);
        off_delay(&s.holds[i], s.delays[i].q, 20 * MS);
        pulse(&s.pulses[i], s.holds[i].q, 50 * MS);
        s.started += s.delays[i].q;
        s.held += s.holds[i].q;
        s.pulsed += s.pulses[i].q;
        s.elapsed += s.delays[i].et;
        s.word = s.word / 2 + s.seed % 64;
    }
}

void twin_results(double *out)
{
    *out++ = s.started;
    *out++ = s.held;
    *out++ = s.pulsed;
    *out++ = (double)(s.elapsed / MS);
}
