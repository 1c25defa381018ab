"""Everything of render_worker that touches an engine, a disk or a network."""
