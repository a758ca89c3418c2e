"""The only door to sae-bench: the environment it needs, and its faults, each mended in one place with the reason.

Import every sae-bench name from a module of this room, which has one for each part of sae-bench. Faults of sae-bench 0.6.0, and what
is done about each (a test in tests/harness/evaluation/ (most in upstream/) fails on the day upstream mends it, so that
the mending here can go):

1. jaxtyping's run-time checks reject its own probe data (BeartypeCallHintParamViolation): switched off before its import.
2. Importing beartype after nnsight fails ("unhashable type: 'instancemethod'"): imported first.
3. Core's explained variance is 1 − r/(E‖x‖² − mean_d(E[x_d²]²)): the mean of squares is squared where the square of the
   mean belongs, so the figure changes with the scale of x. Not used: see measures/reconstruction.py.
4. The absorption eval keeps its probes in site-packages under the model's *name*: a changed model gets stale probes. Its
   building blocks are called with folders of ours, keyed by content (prepared/letters.py).
5. The absorption eval ignores `random_seed`: `random` and `torch` are seeded around each repeat (measures/absorption.py).
6. Core's `multiple_evals` swallows every exception and returns []: its inner function is called (measures/behaviour.py).
7. Probe training collates 4,096 rows of a DataLoader one by one, 30 times the time of its arithmetic: `TensorBatches`
   gives the same shuffled batches by one index. Speed only; the distribution is the same.
8. The ground-truth letter probe stops far from its optimum and weights rare letters up: measures/letter_probe.py fits it.
9. SCR's and TPP's probes are chosen among epochs by their accuracy on the *test* texts: ours see training texts only
   (measures/ablation.py passes them in the test's place).
10. TPP draws other negatives for the accuracy before an ablation and for that after it, so that ablating nothing
    changes it by chance: `same_draws` has each class draw the same every time.
11. SCR's and TPP's ablation encodes the same activations anew for every class, every number of latents and every set:
    `EncodedOnce` remembers. Speed only.
12. Autointerp's judge is hard-coded (gpt-4o-mini at OpenAI, one try): `Interpretation` asks the judge that it is given.
13. Autointerp draws the example in its scoring prompt in the order in which answers come back, so that two runs ask
    different questions: drawn from the explanation instead. And it leaves out latents that the judge did not answer for
    with numbers, in silence: counted.
14. `get_sae_bench_version` gives the git commit of the working directory, whatever project that is: results/writer.py writes
    the package's version.
15. Core's mean squared error is divided by the number of tokens twice: ours is written (evals/core.py).
16. SCR has no score where its biased probe is as accurate on either attribute: measures/ablation.py gives the mean of both.
17. Activations and probes are kept under the model's *name*, written in place: one that was cut short, or of another
    model of that name, is read as if it were whole. At full scale they are entries of the cache, by content (runs.py).
18. Every eval loads the language model itself, by a name that `from_pretrained` knows: `model_is` hands it ours.
19. github-code is asked for with arguments that only its own script knows, so that a folder of its rows is refused:
    `plain_tables` leaves them out where there is no script.
20. Absorption reads the sixth token from the end of its prompt as the word, whatever the tokenizer: evals/absorption.py
    counts the tokens.
21. Absorption prints that too few letters are told apart, and ends without a result: absorption.py knows it by these words.
22. Core logs why it gives up and ends without a result: core.py hears what it logs.

Of sae-probes, and sae-bench's eval of it:

P1. sae-probes reads all of its 113 data sets when it is imported, to count their texts: counted when it is asked. Speed only.
P2. It reads the language model in float32, whatever precision the run has, since sklearn takes no bfloat16: evals/sae_probes.py
    has the model in float32 too.

Of unlearning and RAVEL:

I1. Unlearning's `run_eval` refuses a model whose name has no "it" in it, and takes any that has ("unitary"): the function
    below it is called, and whether the model follows instructions is asked before the run.
I2. Unlearning reads its forget corpus from a path below the working directory; the wheel does not hold it. `own_data`
    works in a folder where it lies there, beside data sets that are given as folders.
I3. Unlearning's prompts and answer letters are chosen by four model names: `called` gives the model the name.
I4. Unlearning scores every .pkl in its results folder, those of earlier settings too, under the model's and the SAE's
    *name*: each SAE gets a new folder (measures/unlearning_full.py).
I5. Unlearning turns gradients off for the rest of the process, RAVEL turns them on: `own_data` puts them back.
I6. RAVEL's hooks want a tuple from a block, and take `outputs[0]` for all of its batch; a block of transformers 5 returns
    the tensor itself: `tupled_blocks` puts it into a tuple, and takes it out before the next block.
I7. RAVEL downloads its data with an argument that huggingface_hub no longer has: evals/ravel.py names the folder in place first.
I8. `datasets` keeps a folder that is named by a relative path under that *name*: where sae-bench's names lead to folders,
    another folder's rows come back. `own_data` has it keep them in the working folder.
I9. RAVEL drops the last batch, and with fewer pairs than one batch averages nothing: NaN is an error (measures/ravel.py).
I10. RAVEL finds the blocks of Gemma-2 and GPT-NeoX alone, and says so after all prompts were asked: measures/ravel.py refuses other models
    before (GPT-NeoX too, whose last norm has another name than `tupled_blocks` looks for).
"""

from __future__ import annotations

import importlib
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("WANDB_MODE", "disabled")

# By environment this would come too late where jaxtyping is imported already, as by its pytest plugin (fault 1).
importlib.import_module("jaxtyping").config.update("jaxtyping_disable", True)
importlib.import_module("beartype")  # fault 2
