"""Keeps the line moving: republishes lost hints, ends late jobs, delivers webhooks."""
