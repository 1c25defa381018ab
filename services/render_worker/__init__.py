"""render_worker: builds sets and takes pictures of products in them."""
