"""Train a sparse autoencoder."""
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--d-sae", type=int, default=16384)
parser.add_argument("--k", type=int, default=40)
parser.add_argument("--lr", type=float, default=3e-4)
parser.add_argument("--batch-size", type=int, default=4096)
parser.add_argument("--num-tokens", type=int, default=50_000_000)
parser.add_argument("--aux-k-coef", type=float, default=1 / 32)
parser.add_argument("--warmup-steps", type=int, default=1000)
args = parser.parse_args()
PREFIXES = [1024, 2048, 4096, 8192, 16384]
CTX_LEN = 128
LAYER = {"gemma-2-2b": 12, "pythia-160m": 8}
