"""What every Backlot service agrees on: words, plumbing, encoders, blobs, vocabulary."""
