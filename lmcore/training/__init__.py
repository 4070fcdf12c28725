"""Training: corpus → tokenizer → batches → loop → checkpoint, one file per family."""
