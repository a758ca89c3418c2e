// Counts and penalties over pairs of latents, for the CPU. Called from pair_kernels.py.
//
// Sums do not depend on the number of threads. S latents (d_sae), D inputs (d_in), P pairs; matrices are row-major. The
// strict lower triangle of an [S, S] matrix is kept row by row: pair (r, c), r > c, at r(r − 1)/2 + c.

#include <stdint.h>
#include <stdlib.h>

// Adds weight_i · weight_j of every two codes of an input to its pair's place in triangle. A code of weight 0 is off.
// indices, weights [B, k]. Returns 0, 1 where there is no memory, 2 where an index is not a latent.
int add_pairs(const int64_t *indices, const float *weights, long B, long k, long S, float *triangle) {
    long *latent = malloc((k ? k : 1) * sizeof *latent);
    float *weight = malloc((k ? k : 1) * sizeof *weight);
    int failed = !latent || !weight;
    for (long b = 0; b < B && !failed; b++) {
        long on = 0;
        for (long j = 0; j < k; j++) {
            int64_t i = indices[b * k + j];
            if (i < 0 || i >= S) failed = 2;
            latent[on] = i;
            weight[on] = weights[b * k + j];
            on += weight[on] > 0;
        }
        for (long i = 1; i < on && !failed; i++)
            for (long j = 0; j < i; j++) {
                long r = latent[i] > latent[j] ? latent[i] : latent[j];
                long c = latent[i] > latent[j] ? latent[j] : latent[i];
                if (r > c) triangle[r * (r - 1) / 2 + c] += weight[i] * weight[j];
            }
    }
    free(latent);
    free(weight);
    return failed;
}

// Lists the places of triangle that are above 0, by row; rows, columns and values have room for them. Returns how many.
long list_pairs(const float *triangle, long S, int64_t *rows, int64_t *columns, float *values) {
    long found = 0;
    for (long r = 1; r < S; r++) {
        const float *row = triangle + r * (r - 1) / 2;
        for (long c = 0; c < r; c++)
            if (row[c] > 0) {
                rows[found] = r;
                columns[found] = c;
                values[found++] = row[c];
            }
    }
    return found;
}

// Σ_p weights[p] · |f_r · f_c|^power over pairs (r, c) of rows of W [S, D], and its gradient [S, D], which is 0 at first.
// First the products, each by one thread; then the gradient, of which each thread works columns of its own.
double pair_sum(const float *W, long D, const int64_t *rows, const int64_t *columns, const float *weights, long P, int power,
                float *slopes, float *gradient, int threads) {
    double total = 0;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long p = 0; p < P; p++) {
        const float *high = W + rows[p] * D, *low = W + columns[p] * D;
        float product = 0;
        for (long d = 0; d < D; d++) product += high[d] * low[d];
        slopes[p] = product;
    }
    for (long p = 0; p < P; p++) {
        float product = slopes[p];
        float slope = weights[p] * (power == 2 ? product : (product > 0) - (product < 0));
        total += (double)slope * product;
        slopes[p] = power * slope;
    }
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long part = 0; part < threads; part++) {
        long first = D * part / threads, last = D * (part + 1) / threads;
        for (long p = 0; p < P; p++) {
            long r = rows[p] * D, c = columns[p] * D;
            float slope = slopes[p];
            for (long d = first; d < last; d++) {
                gradient[r + d] += slope * W[c + d];
                gradient[c + d] += slope * W[r + d];
            }
        }
    }
    return total;
}
