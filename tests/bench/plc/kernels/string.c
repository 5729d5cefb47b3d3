#include <stdint.h>
#include <string.h>

static const char *const codes[4] = {"DE1234567890", "AT55", "DE0000000001-X", "CH99887766"};
static struct {
    char codes[4][21], code[21], country[3], rest[41], answer[41];
    int32_t i, german, longest, dashes;
    int16_t turn;
} s;

/* A cut copy, zeros behind it: so that two equal strings are equal bytes. */
static void cut(char *to, size_t size, const char *from, size_t n)
{
    size_t length = strlen(from);
    if (n > length) n = length;
    if (n > size - 1) n = size - 1;
    memcpy(to, from, n);
    memset(to + n, 0, size - n);
}

void twin_scan(void)
{
    if (!s.codes[0][0])
        for (int i = 0; i < 4; i++) strcpy(s.codes[i], codes[i]);
    s.turn = (int16_t)((s.turn + 1) % 4);
    strncpy(s.code, s.codes[s.turn], sizeof s.code);
    cut(s.country, sizeof s.country, s.code, 2);
    if (strlen(s.code) > 2) cut(s.rest, sizeof s.rest, s.code + 2, 10);
    else cut(s.rest, sizeof s.rest, "", 0);
    if (strcmp(s.country, "DE") == 0) s.german++;
    const char *dash = strstr(s.code, "-");
    if (dash) {
        s.dashes += (int32_t)(dash - s.code) + 1;
        cut(s.rest, sizeof s.rest, s.code, (size_t)(dash - s.code));
    }
    char answer[64];
    strcpy(answer, "OK;");
    strcat(answer, s.country);
    strcat(answer, ";");
    strcat(answer, s.rest);
    strncpy(s.answer, answer, sizeof s.answer);
    if ((int32_t)strlen(s.answer) > s.longest) s.longest = (int32_t)strlen(s.answer);
    strcpy(answer, "NO");
    strcat(answer, s.answer + 2);
    strncpy(s.answer, answer, sizeof s.answer);
    if (strcmp(s.answer, "NO;DE") > 0) s.i++;
}

void twin_results(double *out)
{
    *out++ = s.i;
    *out++ = s.german;
    *out++ = s.longest;
    *out++ = s.dashes;
    for (int i = 0; i < 20; i++) *out++ = s.answer[i];
}
