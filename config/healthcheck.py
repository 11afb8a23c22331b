"""Does the web server answer? `python -m config.healthcheck` tells a container platform, `make demo` waits for it."""

import http.client
import os
import sys
from http import HTTPStatus


def answers(port: int, *, host: str = "127.0.0.1") -> bool:
    """Whether the web server on that loopback port, addressed as `host`, answers at all."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": host})
        return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    # Under any other name the server refuses the request and logs that refusal, at every check.
    sys.exit(not answers(8000, host=os.environ["ALLOWED_HOSTS"].split(",")[0]))
