"""Webhooks as both ends need them: signing, checking, endpoints and the outbox."""
