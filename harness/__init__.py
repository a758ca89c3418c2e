"""The fixed half of the SAE template: language model, text, activations, evaluation. Read it; never edit it for a run."""
