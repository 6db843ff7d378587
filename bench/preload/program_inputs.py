# SPDX-License-Identifier: Apache-2.0
"""What the programs of programs.py read. Made from fixed seeds, so the same everywhere."""

import itertools
import math
import random
import struct


def ideal(path):
    """The cyclic polynomials of eight variables, for mgb."""
    names = "abcdefgh"
    n = len(names)
    with open(path, "w") as file:
        file.write("32003 %d 1 %s\n%d\n" % (n, " ".join(["1"] * n), n))
        for degree in range(1, n):
            terms = ["".join(names[(i + k) % n] for k in range(degree)) for i in range(n)]
            file.write("+".join(terms) + "\n")
        file.write(names + "-1\n")


def model(path):
    """A round body with waves, 100 000 triangles, as STL."""
    n = 160

    def point(i, j):
        down, around = math.pi * i / n, math.pi * j / n
        radius = 20 + 2 * math.sin(9 * around) * math.sin(down) ** 2 + math.sin(7 * down)
        return (radius * math.sin(down) * math.cos(around), radius * math.sin(down) * math.sin(around),
                radius * math.cos(down) + 22)

    triangles = []
    for i, j in itertools.product(range(n), range(2 * n)):
        a, b, c, d = point(i, j), point(i + 1, j), point(i + 1, j + 1), point(i, j + 1)
        if i != 0:
            triangles.append((a, b, d))
        if i != n - 1:
            triangles.append((b, c, d))
    with open(path, "wb") as file:
        file.write(bytes(80) + struct.pack("<I", len(triangles)))
        for corners in triangles:
            file.write(bytes(12) + b"".join(struct.pack("<3f", *corner) for corner in corners) + bytes(2))


def clip(path):
    """Two seconds of a moving pattern, as YUV4MPEG2."""
    width, height, frames = 640, 360, 48
    with open(path, "wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F30:1 Ip C420jpeg\n" % (width, height))
        for n in range(frames):
            luma = bytearray()
            for y in range(height):
                blocks = (((x + 2 * n) ^ (y + n)) & 255 for x in range(0, width, 8))
                luma += bytes(itertools.chain.from_iterable((value,) * 8 for value in blocks))
            quarter = width * height // 4
            file.write(b"FRAME\n" + bytes(luma) + bytes([128 + n % 16]) * quarter + bytes([120]) * quarter)


def _bases(chance, n):
    return "".join(chance.choices("ACGT", k=n))


def genomes(path):
    """Four that differ in one base of 250."""
    chance = random.Random(7)
    first = _bases(chance, 1500000)
    with open(path, "w") as file:
        for k in range(4):
            bases = list(first)
            for _ in range(6000):
                bases[chance.randrange(len(bases))] = chance.choice("ACGT")
            file.write(">g%d\n%s\n" % (k, "".join(bases)))


def _transcripts():
    chance = random.Random(8)
    return [_bases(chance, chance.randrange(500, 3000)) for _ in range(3000)]


def transcripts(path):
    with open(path, "w") as file:
        for i, bases in enumerate(_transcripts()):
            file.write(">t%d\n%s\n" % (i, bases))


def reads(path):
    """Of the transcripts, 100 bases each, a third of them ending in an adapter."""
    chance = random.Random(9)
    sources = _transcripts()
    with open(path, "w") as file:
        for i in range(300000):
            source = chance.choice(sources)
            start = chance.randrange(len(source) - 100)
            bases = source[start:start + 100]
            if chance.random() < .3:
                bases = bases[:80] + "AGATCGGAAGAGCACACGTC"
            file.write("@r%d\n%s\n+\n%s\n" % (i, bases, "I" * 100))


def filters(path):
    """A program over OpenCV."""
    with open(path, "w") as file:
        file.write("""\
import cv2
import numpy

cv2.setNumThreads(4)
image = (numpy.random.RandomState(1).rand(1080, 1920, 3) * 255).astype(numpy.uint8)
total = 0
for i in range(60):
    soft = cv2.medianBlur(cv2.GaussianBlur(image, (0, 0), 1.5 + i % 3), 5)
    small = cv2.resize(soft, (1280, 720), interpolation=cv2.INTER_CUBIC)
    gray = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    total += int(cv2.Canny(gray, 50, 150).sum()) + int(gray.sum())
print(total)
""")


def scans(path):
    """A program over Open3D: which points of a map are near those of each scan.

    Its search has loops of oneTBB and, between two of them, a std::inclusive_scan(std::execution::par_unseq, ...).
    """
    with open(path, "w") as file:
        file.write("""\
import os

os.environ["OMP_NUM_THREADS"] = "1"

import numpy
import open3d.core

chance = numpy.random.RandomState(2)
search = open3d.core.nns.NearestNeighborSearch(open3d.core.Tensor(chance.rand(100000, 3).astype(numpy.float32)))
search.fixed_radius_index(.01)
found = total = 0
for _ in range(600):
    scan = open3d.core.Tensor(chance.rand(5000, 3).astype(numpy.float32))
    places, squares, ends = search.fixed_radius_search(scan, .01)
    found += len(places)
    total += int(places.numpy().sum()) + int(ends.numpy().sum())
print(found, total)
""")


def calls(path):
    """A gRPC server and four clients in one process."""
    with open(path, "w") as file:
        file.write("""\
import concurrent.futures
import os
import threading

import grpc


class Echo(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)


address = "unix:" + os.path.abspath("calls.sock")
server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
server.add_generic_rpc_handlers((Echo(),))
server.add_insecure_port(address)
server.start()


def client():
    with grpc.insecure_channel(address) as channel:
        echo = channel.unary_unary("/parkway/Echo")
        for i in range(1500):
            assert echo(b"%d" % i) == b"%d" % i


clients = [threading.Thread(target=client) for _ in range(4)]
for thread in clients:
    thread.start()
for thread in clients:
    thread.join()
server.stop(None).wait()
print("ok")
""")
