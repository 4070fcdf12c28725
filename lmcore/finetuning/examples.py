"""One short example of every kind of task, written for this project."""

from __future__ import annotations

from lmcore.finetuning.task import Kind

EXAMPLES: dict[Kind, tuple[str, ...]] = {
    "classification": ("The view alone was worth the climb.",),
    "entailment": ("Two boys are swimming in the lake.", "Somebody is in the water."),
    "similarity": ("The shop opens at nine.", "You can buy things from nine o'clock on."),
    "choice": ("It began to rain.", "She opened her umbrella.", "She watered the garden."),
}
