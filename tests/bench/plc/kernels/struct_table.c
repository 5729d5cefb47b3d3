#include <stdbool.h>
#include <stdint.h>

struct parcel { bool active; int16_t chute; int16_t length_mm; int32_t position_mm, id; };

static struct {
    struct parcel parcels[48];
    int16_t next;
    uint32_t seed;
    int32_t ids, gone, on_belt, moved, nearest;
} s = {.seed = 17};

void twin_scan(void)
{
    s.seed = s.seed * 1664525u + 1013904223u;
    struct parcel *free = 0;
    s.on_belt = 0;
    s.nearest = 100000;
    for (int i = 0; i < 48; i++) {
        struct parcel *p = &s.parcels[i];
        if (!p->active) {
            free = p;
            continue;
        }
        p->position_mm += 25;
        if (p->position_mm > 2000 + p->chute * 100) {
            p->active = false;
            s.gone++;
            s.moved += p->length_mm;
        } else {
            s.on_belt++;
            if (p->position_mm < s.nearest) {
                s.nearest = p->position_mm;
                s.next = (int16_t)(i + 1);
            }
        }
    }
    if (free && s.seed / 16777216 % 3 != 0) {
        free->active = true;
        free->id = ++s.ids;
        free->position_mm = 0;
        free->chute = (int16_t)(s.seed / 65536 % 16);
        free->length_mm = (int16_t)(150 + s.seed / 1024 % 400);
    }
}

void twin_results(double *out)
{
    *out++ = s.ids;
    *out++ = s.gone;
    *out++ = s.on_belt;
    *out++ = s.moved;
    *out++ = s.nearest;
    *out++ = s.next;
}
