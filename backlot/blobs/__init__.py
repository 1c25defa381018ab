"""The object store: photos, manifests and everything a stage makes, in a folder or in S3."""
