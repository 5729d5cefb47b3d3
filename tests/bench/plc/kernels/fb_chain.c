#include <stdbool.h>
#include <stdint.h>

struct stage { int32_t x, y, level; bool changed; };
struct limiter { int32_t x, step, y, count; };

static struct {
    struct stage stages[12];
    struct limiter limiters[16];
    uint32_t seed;
    int32_t value, changes;
} s = {.seed = 5};

static void stage_run(struct stage *stage, int32_t x)
{
    stage->x = x;
    stage->level += (x - stage->level) / 4;
    stage->changed = stage->level != stage->y;
    stage->y = stage->level;
}

static void limiter_run(struct limiter *limiter, int32_t x, int32_t step)
{
    limiter->x = x;
    limiter->step = step;
    if (x > limiter->y + step) limiter->y += step;
    else if (x < limiter->y - step) limiter->y -= step;
    else {
        limiter->y = x;
        limiter->count++;
    }
}

void twin_scan(void)
{
    s.seed = s.seed * 1664525u + 1013904223u;
    stage_run(&s.stages[0], (int32_t)(s.seed / 256));
    for (int i = 1; i < 12; i++) stage_run(&s.stages[i], s.stages[i - 1].y);
    if (s.stages[11].changed) s.changes++;
    s.value = s.stages[11].y;
    for (int i = 0; i < 16; i++) {
        limiter_run(&s.limiters[i], s.value, 1000 + i * 10);
        s.value = s.limiters[i].y;
    }
}

void twin_results(double *out)
{
    *out++ = s.value;
    *out++ = s.changes;
    *out++ = s.stages[6].y;
    *out++ = s.limiters[9].y;
}
