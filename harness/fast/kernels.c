// The loops of SAE training that run over memory, each written as one pass, for the CPU. Called from kernels.py.
//
// Every row is worked by one thread from beginning to end, so results do not depend on the number of threads.
// B batch, S latents (d_sae), D inputs (d_in), k codes of one input; matrices are row-major.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>


// ---- TopK -----------------------------------------------------------------------------------------------------

// Floats in their order as signed integers: a > b exactly where key(a) > key(b). NaN is above all, as in torch.
static inline int32_t key_of(float value) {
    int32_t bits;
    memcpy(&bits, &value, 4);
    return (bits & 0x7fffffff) > 0x7f800000 ? INT32_MAX : bits ^ ((bits >> 31) & 0x7fffffff);
}

static inline float value_of(int32_t key) {
    int32_t bits = key ^ ((key >> 31) & 0x7fffffff);
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static inline float read_at(const void *row, long at, int is_bf16) {
    if (!is_bf16) return ((const float *)row)[at];
    uint32_t bits = (uint32_t)((const uint16_t *)row)[at] << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

// The largest key (its lowest `coarse` bits zero) that at least k of n keys reach: by bisection, without a branch in the loop.
static int32_t kth_largest(const int32_t *keys, long n, long k, int coarse) {
    int32_t reached = INT32_MIN;
    for (int bit = 31; bit >= coarse; bit--) {
        int32_t tried = (int32_t)((uint32_t)reached + ((uint32_t)1 << bit));
        int32_t count = 0;
        for (long i = 0; i < n; i++) count += keys[i] >= tried;
        if (count >= k) reached = tried;
    }
    return reached;
}

// The k largest of one row, then ReLU. The row is dealt out to `lanes` groups (entry i to group i % lanes). The k-th
// largest group maximum is reached by at least k entries, all in groups whose maximum reaches it: few are looked at again.
static inline void top_k_of_row(const void *row, long S, long k, long lanes, int is_bf16, int32_t *most, int32_t *keys,
                                int32_t *at, int64_t *indices, float *values) {
    for (long lane = 0; lane < lanes; lane++) most[lane] = key_of(read_at(row, lane, is_bf16));
    long begin = lanes;
    for (; begin + lanes <= S; begin += lanes)
        for (long lane = 0; lane < lanes; lane++) {
            int32_t key = key_of(read_at(row, begin + lane, is_bf16));
            most[lane] = key > most[lane] ? key : most[lane];
        }
    for (long i = begin; i < S; i++) {
        int32_t key = key_of(read_at(row, i, is_bf16));
        most[i - begin] = key > most[i - begin] ? key : most[i - begin];
    }
    int32_t least = kth_largest(most, lanes, k, 12);
    long found = 0;
    for (long lane = 0; lane < lanes; lane++)
        if (most[lane] >= least)
            for (long i = lane; i < S; i += lanes) {
                int32_t key = key_of(read_at(row, i, is_bf16));
                keys[found] = key;
                at[found] = (int32_t)i;
                found += key >= least;
            }
    int32_t last = found > k ? kth_largest(keys, found, k, 0) : INT32_MIN;
    long taken = 0;
    for (long i = 0; i < found && taken < k; i++)
        if (keys[i] > last || found <= k) {
            indices[taken] = at[i];
            values[taken++] = value_of(keys[i]);
        }
    for (long i = 0; i < found && taken < k; i++)
        if (keys[i] == last) {  // of equal entries, as many as there is room for
            indices[taken] = at[i];
            values[taken++] = value_of(keys[i]);
        }
    for (long i = 0; i < k; i++) values[i] = values[i] < 0 ? 0.0f : values[i];  // NaN stays NaN
}

// pre [B, S] float32 or bfloat16 → indices [B, k], values [B, k]. `lanes` is at least k and at most S.
// Returns 0, or 1 where there is no memory.
int top_k(const void *pre, int is_bf16, long B, long S, long k, long lanes, int64_t *indices, float *values, int threads) {
    int failed = 0;
#pragma omp parallel num_threads(threads) reduction(| : failed)
    {
        int32_t *work = malloc(sizeof(int32_t) * (lanes + 2 * S + 2));
        if (!work) failed = 1;
#pragma omp for schedule(static)
        for (long row = 0; row < B; row++) {
            if (!work) continue;
            const char *start = (const char *)pre + row * S * (is_bf16 ? 2 : 4);
            int32_t *keys = work + lanes, *at = keys + S + 1;
            if (is_bf16) top_k_of_row(start, S, k, lanes, 1, work, keys, at, indices + row * k, values + row * k);
            else top_k_of_row(start, S, k, lanes, 0, work, keys, at, indices + row * k, values + row * k);
        }
        free(work);
    }
    return failed;
}

// ---- gradients of sparse codes ----------------------------------------------------------------------------------

// Entries (places of indices [entries]) in the order of their latents: those of latent i are order[begin[i]] to
// order[begin[i + 1] - 1], in the order of the batch. begin has S + 1 places. Returns 1 where an index is not a latent.
int sort_by_latent(const int64_t *indices, long entries, long S, int32_t *order, int32_t *begin) {
    memset(begin, 0, sizeof(int32_t) * (S + 1));
    for (long e = 0; e < entries; e++) {
        if (indices[e] < 0 || indices[e] >= S) return 1;
        begin[indices[e]]++;
    }
    int32_t sum = 0;
    for (long i = 0; i <= S; i++) {
        int32_t count = begin[i];
        begin[i] = sum;
        sum += count;
    }
    for (long e = 0; e < entries; e++) order[begin[indices[e]]++] = (int32_t)e;
    for (long i = S; i > 0; i--) begin[i] = begin[i - 1];
    begin[0] = 0;
    return 0;
}

// into_W[i] = Σ over entries e of latent i of coefficients[e] · rows[e / k], and into_b[i] = Σ coefficients[e].
void gather_rows(const float *rows, const float *coefficients, const int32_t *order, const int32_t *begin, long S, long D,
                 long k, float *into_W, float *into_b, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 32)
    for (long i = 0; i < S; i++) {
        float *restrict into = into_W + i * D;
        float sum = 0;
        memset(into, 0, sizeof(float) * D);
        for (long place = begin[i]; place < begin[i + 1]; place++) {
            const float coefficient = coefficients[order[place]];
            if (coefficient == 0) continue;
            const float *restrict row = rows + order[place] / k * D;
            sum += coefficient;
            for (long d = 0; d < D; d++) into[d] += coefficient * row[d];
        }
        into_b[i] = sum;
    }
}

// x̂ = Σ_j values[b, j] · W[indices[b, j]], backwards: above [B, D] is the gradient of x̂.
// into_W[i] = Σ over entries e of latent i of values[e] · above[e / k]; into_values[e] = above[e / k] · W[i].
void decode_backward(const float *above, const float *W, const float *values, const int32_t *order, const int32_t *begin,
                     long S, long D, long k, float *into_W, float *into_values, int threads) {
#pragma omp parallel for num_threads(threads) schedule(dynamic, 32)
    for (long i = 0; i < S; i++) {
        float *restrict into = into_W + i * D;
        const float *restrict direction = W + i * D;
        memset(into, 0, sizeof(float) * D);
        for (long place = begin[i]; place < begin[i + 1]; place++) {
            const float *restrict row = above + order[place] / k * D;
            const float value = values[order[place]];
            float dot = 0;
            for (long d = 0; d < D; d++) {
                dot += row[d] * direction[d];
                into[d] += value * row[d];
            }
            into_values[order[place]] = dot;
        }
    }
}

// ---- Adam -------------------------------------------------------------------------------------------------------

static inline long columns_of(long size, long D, long row) {
    return row * D + D <= size ? D : size - row * D;
}

// For each row of D numbers (the last may be shorter): products[3r..] = g·g, g·w, w·w.
void row_products(const float *gradient, const float *weights, long size, long D, float *products, int threads) {
    const long rows = (size + D - 1) / D;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long r = 0; r < rows; r++) {
        const float *restrict g = gradient + r * D, *restrict w = weights + r * D;
        const long columns = columns_of(size, D, r);
        float gg = 0, gw = 0, ww = 0;
        for (long d = 0; d < columns; d++) {
            gg += g[d] * g[d];
            gw += g[d] * w[d];
            ww += w[d] * w[d];
        }
        products[3 * r] = gg;
        products[3 * r + 1] = gw;
        products[3 * r + 2] = ww;
    }
}

// One step of Adam on rows: g ← scale · (g − (g·w) w) if `unit`, else scale · g; moments; update; w ← w / ‖w‖ if `unit`.
void adam_rows(float *weights, const float *gradient, float *mean, float *square, long size, long D, const float *products,
               double scale, double beta1, double beta2, double step, double root_correction, double epsilon, int unit,
               int threads) {
    const long rows = (size + D - 1) / D;
    const float clip = scale, new1 = 1 - beta1, keep2 = beta2, new2 = 1 - beta2, rate = step, least = epsilon;
    const float correct = 1 / root_correction;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long r = 0; r < rows; r++) {
        float *restrict w = weights + r * D, *restrict m = mean + r * D, *restrict v = square + r * D;
        const float *restrict g = gradient + r * D;
        const float along = unit ? products[3 * r + 1] : 0;
        const long columns = columns_of(size, D, r);
        float length = 0;
        for (long d = 0; d < columns; d++) {
            const float pull = clip * (g[d] - along * w[d]);
            m[d] += new1 * (pull - m[d]);
            v[d] = keep2 * v[d] + new2 * pull * pull;
            w[d] -= rate * m[d] / (sqrtf(v[d]) * correct + least);
            length += w[d] * w[d];
        }
        if (unit) {
            const float shrink = 1 / fmaxf(sqrtf(length), 1e-12f);
            for (long d = 0; d < columns; d++) w[d] *= shrink;
        }
    }
}
