"""Clients that send one form again and again until their standard input ends; prints the answers by status as JSON.

A process of their own, which knows nothing of the product: their work must not hold up whoever measures.
"""

import http.client
import json
import sys
import threading
from collections import Counter


def main() -> None:
    """`python -m benchmarks.login.clients`, with the order as JSON in the first line of standard input."""
    order = json.loads(sys.stdin.readline())
    answers: Counter[int] = Counter()
    stop = threading.Event()
    threads = [threading.Thread(target=_knock, args=(order, body, stop, answers)) for body in order["bodies"]]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps(answers))


def _knock(order: dict[str, str], body: str, stop: threading.Event, answers: Counter[int]) -> None:
    headers = {"Cookie": order["cookie"], "Content-Type": "application/x-www-form-urlencoded"}
    while not stop.is_set():
        connection = http.client.HTTPConnection(order["host"], int(order["port"]), timeout=60)
        connection.request("POST", order["path"], body, headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        answers[response.status] += 1


if __name__ == "__main__":
    main()
