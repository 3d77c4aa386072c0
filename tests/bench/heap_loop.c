/* One pool of environments as a plain C loop: a heap of busy ones by the end of their request,
   a stack of idle ones, random numbers included. Prints requests per CPU second.
   Usage: heap_loop RATE SERVICE_S IDLE_S REQUESTS */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state = 88172645463325252ULL;

static double exponential(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return -log(((state >> 11) + 0.5) * (1.0 / 9007199254740992.0));
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    double rate = atof(argv[1]), service = atof(argv[2]), idle_s = atof(argv[3]);
    long count = atol(argv[4]), busy = 0, idle = 0, cold = 0;
    double *heap = malloc(sizeof(double) * 1000000), *stack = malloc(sizeof(double) * 1000000);
    double now = 0.0, sum = 0.0;
    clock_t start = clock();
    for (long i = 0; i < count; i++) {
        now += exponential() / rate;
        while (busy && heap[0] <= now) {
            stack[idle++] = heap[0];
            double last = heap[--busy];
            long at = 0, child;
            while ((child = 2 * at + 1) < busy) {
                if (child + 1 < busy && heap[child + 1] < heap[child]) child++;
                if (last <= heap[child]) break;
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = last;
        }
        if (idle && now - stack[idle - 1] <= idle_s) {
            idle--;
        } else {
            idle = 0;
            cold++;
        }
        double end = now + exponential() * service;
        sum += end - now;
        long at = busy++;
        while (at && heap[(at - 1) / 2] > end) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = end;
    }
    double spent = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%.6e %ld %.6e\n", count / spent, cold, sum);
    return 0;
}
