/* Processor time of many scans in a row. */
#include <stdint.h>
#include <time.h>

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ns per scan; -1 if a scan ended in a fault */
double time_program(int32_t (*scan)(void *), void *program, int64_t scans)
{
    double start = now_ns();
    int32_t kind = 0;
    for (int64_t i = 0; i < scans; i++) kind |= scan(program);
    return kind ? -1 : (now_ns() - start) / (double)scans;
}

double time_twin(void (*scan)(void), int64_t scans)
{
    double start = now_ns();
    for (int64_t i = 0; i < scans; i++) scan();
    return (now_ns() - start) / (double)scans;
}
