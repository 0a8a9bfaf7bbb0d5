"""Makes calls with asyncdagpi, as it is but for its base URL, and tells what came of them.

`calls.py BASE`: each line of standard input is a call, {"effect", "url", "parameters"}; each gets
one line of output, in order: {"result": …} with the picture in hexadecimal, or with the name of the
exception and its text. DAGPI_TOKEN is the token. The first line lists the effects that the client knows, the last one is what
came of its ping.
"""

import asyncio
import inspect
import json
import os
import sys

from asyncdagpi import Client, ImageFeatures


def features():
    """Every classmethod without parameters is a feature."""
    for _, method in inspect.getmembers(ImageFeatures, inspect.ismethod):
        if not inspect.signature(method).parameters:
            yield method()


async def outcome(work):
    try:
        return await work
    except Exception as error:  # whatever a user of the client could get
        return {"result": type(error).__name__, "message": str(error)}


async def process(client, call):
    feature = ImageFeatures.from_path(f"/{call['effect']}/")
    image = await client.image_process(feature, call["url"], **call["parameters"])
    float(image.process_time)
    limits = [client.ratelimits.limit, client.ratelimits.remaining]
    return {"result": image.format, "picture": image.read().hex(), "limits": limits}


async def ping(client):
    await client.image_ping()
    return {"result": "pong"}


async def main(base):
    client = Client(os.environ["DAGPI_TOKEN"])
    client.http.base_url = base
    print(json.dumps({"effects": sorted({str(feature) for feature in features()})}))
    for line in sys.stdin:
        print(json.dumps(await outcome(process(client, json.loads(line)))))
    print(json.dumps(await outcome(ping(client))))
    await client.close()


asyncio.run(main(sys.argv[1]))
