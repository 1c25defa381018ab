"""Runs the API where the settings say: ``python -m services.api``."""

import uvicorn

from services.api.app import create
from services.api.settings import ApiSettings


def main() -> None:
    """Serve until told to stop."""
    settings = ApiSettings()
    uvicorn.run(
        create(),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        # Longer than common clients and proxies keep an idle connection, so that they close it.
        timeout_keep_alive=75,
        # A long-poll may last a minute; its client asks again elsewhere.
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
