"""The official Python SDK: load.py URL CALLS WARM_UP CONCURRENCY"""

import itertools
import json
import os
import pathlib
import sys
import threading
import time
from urllib.parse import urlsplit

from customerio import CustomerIO

url = urlsplit(sys.argv[1])
calls, warm_up, concurrency = map(int, sys.argv[2:])
data = json.loads(pathlib.Path(os.environ["BENCH_EVENT"]).read_text())
# One each: a shared one keeps no more than ten connections, and makes the rest anew.
clients = [
    CustomerIO("benchmark", "0123456789abcdef0123", host=url.hostname, port=url.port)
    for _ in range(concurrency)
]
failures = []


def work(client, numbers, calls):
    try:
        while (number := next(numbers)) < calls:
            client.track(f"person-{number}", "order_placed", data, timestamp=1790000000)
    except Exception as failure:
        failures.append(failure)


def run(calls):
    numbers = itertools.count()
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    threads = [threading.Thread(target=work, args=(client, numbers, calls)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    return {"calls": calls, "cpu_us": cpu // 1000, "wall_us": wall // 1000}


run(warm_up)
print(json.dumps(run(calls)))
