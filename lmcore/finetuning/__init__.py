"""From pre-training to a task: what each family does with what it has learned from text.

* ELMo lends its layers as features: they stay as they are, and a weighting of them is learned
  together with a small classifier (Peters et al. 2018, equation 1).
* GPT is fine-tuned as a whole, every task written as one ordered sequence, with language modelling
  as an auxiliary loss (Radford et al. 2018, sections 3.2 and 3.3).
* BERT is fine-tuned as a whole through ``[CLS]``, with segments for pairs (Devlin et al. 2018).

``task`` says what a task is, ``inputs`` how a family writes it, ``learners`` and one file for each
family how it learns, ``run`` the training in small steps, ``baselines`` what has to be beaten,
``experiment`` the numbers of the results page, ``inside`` what has changed in the network.
"""
