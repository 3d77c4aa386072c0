/* A pool of environments as a C programmer writes it: a heap of ends, a stack of idle ones.
 * Usage: pool RATE REQUESTS; prints requests per second of CPU, and how many were cold.
 * Times and durations are drawn before the clock starts. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double WARM_S = 2.016, COLD_S = 2.163, IDLE_S = 600.0;
static uint64_t state[2] = {123456789, 987654321};
static double *heap;
static long busy;

static double exponential(void)
{
    uint64_t a = state[0], b = state[1];
    state[0] = b;
    a ^= a << 23;
    state[1] = a ^ b ^ (a >> 17) ^ (b >> 26);
    return -log((((state[1] + b) >> 11) + 0.5) / 9007199254740992.0);
}

static void push(double end)
{
    long i = busy++;
    while (i) {
        long above = (i - 1) / 2;
        if (heap[above] <= end) break;
        heap[i] = heap[above];
        i = above;
    }
    heap[i] = end;
}

static double pop(void)
{
    double first = heap[0], last = heap[--busy];
    long i = 0, below;
    while ((below = 2 * i + 1) < busy) {
        if (below + 1 < busy && heap[below + 1] < heap[below]) below++;
        if (heap[below] >= last) break;
        heap[i] = heap[below];
        i = below;
    }
    heap[i] = last;
    return first;
}

int main(int count, char **argument)
{
    if (count != 3) return 2;
    double rate = atof(argument[1]), now = 0.0;
    long requests = atol(argument[2]), idle = 0, cold = 0;
    double *times = malloc(requests * sizeof *times), *units = malloc(requests * sizeof *units);
    double *stack = malloc(requests * sizeof *stack);
    heap = malloc(requests * sizeof *heap);
    if (!times || !units || !stack || !heap) return 1;
    for (long i = 0; i < requests; i++) {
        times[i] = now += exponential() / rate;
        units[i] = exponential();
    }
    clock_t start = clock();
    for (long i = 0; i < requests; i++) {
        now = times[i];
        while (busy && heap[0] <= now) stack[idle++] = pop();
        if (idle && now - stack[idle - 1] <= IDLE_S) {
            idle--;
            push(now + WARM_S * units[i]);
        } else {
            idle = 0;
            cold++;
            push(now + COLD_S * units[i]);
        }
    }
    printf("%.6g %ld\n", requests * (double)CLOCKS_PER_SEC / (double)(clock() - start), cold);
    return 0;
}
