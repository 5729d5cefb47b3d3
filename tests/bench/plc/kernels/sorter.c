#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define MS 1000000LL

enum mode { OFF, START_UP, SORTING, JAM, HALT };
enum fate { NOBODY, ON_BELT, DIVERTED, MISSED, ENDED };

struct track { int16_t fate, chute; int32_t position_mm; int16_t length_mm; uint16_t scans; };
struct timer { bool in, q, running, was; int64_t pt, et, start; };
struct counter { bool cu, was, r, q; int16_t pv, cv; };
struct diverter { bool request, reset, extended, is_full; int16_t count; int64_t hold; struct timer pulse; struct counter counter; };
struct ramp { float target, slope, value; bool is_reached; };

static struct {
    int16_t mode, head, gap;
    struct track tracks[64];
    struct diverter d[4];
    struct ramp ramp;
    struct timer start_delay;
    bool requests[4], eye, eye_was, button, is_emptying;
    int32_t gate_mm[4], belt_end_mm, whole_mm;
    uint32_t seed, draw;
    float step_mm, rest_mm;
    int32_t inducted, sorted, lost, passed, jams, scans;
    uint16_t lamp;
    int64_t now;
} s = {.seed = 42, .now = -10 * MS, .gate_mm = {1200, 2000, 2800, 3600}, .belt_end_mm = 4500};

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

static void count_up(struct counter *c, bool cu, bool r, int16_t pv)
{
    bool edge = cu && !c->was;
    c->was = c->cu = cu;
    c->r = r;
    c->pv = pv;
    if (r) c->cv = 0;
    else if (edge && c->cv < INT16_MAX) c->cv++;
    c->q = c->cv >= pv;
}

static void diverter_run(struct diverter *d, bool request, bool reset, int64_t hold)
{
    d->request = request;
    d->reset = reset;
    d->hold = hold;
    pulse(&d->pulse, request && !d->is_full, hold);
    count_up(&d->counter, d->pulse.q, reset, 500);
    d->extended = d->pulse.q;
    d->is_full = d->counter.q;
    d->count = d->counter.cv;
}

static void ramp_run(struct ramp *r, float target, float slope)
{
    r->target = target;
    r->slope = slope;
    if (r->value < target) r->value = r->value + slope < target ? r->value + slope : target;
    else if (r->value > target) r->value = r->value - slope > target ? r->value - slope : target;
    r->is_reached = fabsf(r->value - target) < 0.5f;
}

void twin_scan(void)
{
    s.now += 10 * MS;
    s.scans++;
    s.seed = s.seed * 1664525u + 1013904223u;
    s.draw = s.seed / 65536;
    s.eye_was = s.eye;
    s.eye = s.draw % 3 != 0;
    s.button = s.scans > 3;

    on_delay(&s.start_delay, s.mode == START_UP, 200 * MS);
    switch (s.mode) {
    case OFF:
        if (s.button) s.mode = START_UP;
        break;
    case START_UP:
        if (s.start_delay.q) s.mode = SORTING;
        break;
    case SORTING:
        if (s.draw == 4711) {
            s.mode = JAM;
            s.jams++;
        } else if (!s.button) s.mode = HALT;
        break;
    case JAM:
        s.is_emptying = true;
        if (s.ramp.value < 1.0f) {
            s.mode = START_UP;
            s.is_emptying = false;
        }
        break;
    case HALT:
        if (s.ramp.is_reached) s.mode = OFF;
        break;
    }

    if (s.mode == SORTING) ramp_run(&s.ramp, 2000.0f, 15.0f);
    else ramp_run(&s.ramp, 0.0f, 40.0f);
    s.step_mm = s.ramp.value * 0.01f + s.rest_mm;
    s.whole_mm = (int32_t)lrintf(s.step_mm - 0.5f);
    if (s.whole_mm < 0) s.whole_mm = 0;
    s.rest_mm = s.step_mm - (float)s.whole_mm;

    s.gap++;
    if (s.eye && !s.eye_was && s.mode == SORTING && s.gap > 3) {
        struct track *t = &s.tracks[s.head];
        if (t->fate != ON_BELT) {
            t->fate = ON_BELT;
            t->chute = (int16_t)(s.draw / 16 % 5);
            t->position_mm = 0;
            t->length_mm = (int16_t)(100 + s.draw % 300);
            t->scans = 0;
            s.head = (int16_t)((s.head + 1) % 64);
            s.inducted++;
            s.gap = 0;
        }
    }

    for (int k = 0; k < 4; k++) s.requests[k] = false;
    for (int i = 0; i < 64; i++) {
        struct track *t = &s.tracks[i];
        if (t->fate != ON_BELT) continue;
        t->position_mm += s.whole_mm;
        t->scans++;
        int k = t->chute - 1;
        if (k >= 0 && t->position_mm >= s.gate_mm[k]) {
            if (t->position_mm < s.gate_mm[k] + t->length_mm && !s.is_emptying) {
                s.requests[k] = true;
                t->fate = DIVERTED;
                s.sorted++;
            } else {
                t->fate = MISSED;
                s.lost++;
            }
        } else if (t->position_mm > s.belt_end_mm) {
            t->fate = ENDED;
            s.passed++;
        }
    }

    for (int k = 0; k < 4; k++)
        diverter_run(&s.d[k], s.requests[k], s.d[k].count >= 500, k < 2 ? 120 * MS : 150 * MS);

    s.lamp = (uint16_t)((s.mode == SORTING) | (s.mode == START_UP) << 1 | (s.mode == JAM || s.mode == HALT) << 2
                        | s.d[0].extended << 4 | s.d[1].extended << 5 | s.d[2].extended << 6 | s.d[3].extended << 7
                        | (s.d[0].is_full || s.d[1].is_full || s.d[2].is_full || s.d[3].is_full) << 8);
}

void twin_results(double *out)
{
    *out++ = s.inducted;
    *out++ = s.sorted;
    *out++ = s.lost;
    *out++ = s.passed;
    *out++ = s.jams;
    *out++ = s.ramp.value;
    *out++ = s.lamp;
    *out++ = s.d[0].count;
    *out++ = s.d[3].count;
    *out++ = s.tracks[17].position_mm;
}
