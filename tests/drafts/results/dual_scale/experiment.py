import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--train_batch_size", type=int, default=256)
parser.add_argument("--learning_rate", type=float, default=3e-4)
parser.add_argument("--num_train_steps", type=int, default=10000)
parser.add_argument("--embedding_dim", type=int, default=128)
parser.add_argument("--hidden_layers", type=int, default=3)
NUM_TIMESTEPS = 100
EMA_DECAY = 0.995
NUM_SAMPLES = 10_000
