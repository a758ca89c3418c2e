import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--out_dir", type=str, default="run_0")
n_layer = 6
n_head = 6
n_embd = 384
dropout = 0.2
batch_size = 64
block_size = 256
learning_rate = 1e-3
max_iters = 5000
warmup_iters = 100
num_seeds = 3
