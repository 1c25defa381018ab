"""The shop window: the pages a browser gets, built from `window/` into `static/`."""
