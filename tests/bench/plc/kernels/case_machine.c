#include <stdint.h>

enum state { IDLE, STARTING, RUNNING, SLOWING, STOPPING, JAMMED, CLEARING, LOCKED };

static struct {
    int16_t state;
    uint32_t seed;
    int32_t starts, jams, clears, locks, wait, hours[8];
} s = {.seed = 7};

void twin_scan(void)
{
    for (int turn = 1; turn <= 64; turn++) {
        s.seed = s.seed * 1103515245u + 12345u;
        unsigned command = s.seed / 65536 % 16;
        switch (s.state) {
        case IDLE:
            if (command < 6) { s.state = STARTING; s.wait = 3; s.starts++; }
            break;
        case STARTING:
            s.wait--;
            if (s.wait <= 0) s.state = RUNNING;
            else if (command == 15) s.state = LOCKED;
            break;
        case RUNNING:
            switch (command) {
            case 0: s.state = SLOWING; break;
            case 1: case 2: s.state = JAMMED; s.jams++; break;
            case 15: s.state = LOCKED; break;
            }
            break;
        case SLOWING: s.state = command > 4 ? STOPPING : RUNNING; break;
        case STOPPING: s.state = IDLE; break;
        case JAMMED:
            if (command % 4 == 0) { s.state = CLEARING; s.wait = 2; }
            break;
        case CLEARING:
            s.wait--;
            if (s.wait < 0) { s.state = STARTING; s.wait = 1; s.clears++; }
            break;
        case LOCKED:
            if (command == 7) { s.state = IDLE; s.locks++; }
            break;
        }
    }
    switch (s.state) {
    case IDLE: s.hours[0]++; break;
    case RUNNING: s.hours[2]++; break;
    default: s.hours[7]++; break;
    }
}

void twin_results(double *out)
{
    *out++ = s.state;
    *out++ = s.starts;
    *out++ = s.jams;
    *out++ = s.clears;
    *out++ = s.locks;
    for (int i = 0; i < 8; i++) *out++ = s.hours[i];
}
