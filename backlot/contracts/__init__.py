"""The words of the system: frozen models and enums, without any input or output."""
