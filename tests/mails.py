"""Made-up mail."""

from __future__ import annotations

HEADERS = """Return-Path: <desk@kestrel.example>
Received: from mx.example (192.0.2.1) by mail.example; Fri, 2 May 2031 08:15:12 +0200
From: "Kestrel Wire" <desk@kestrel.example>
To: archive@example.org
Subject: =?utf-8?q?Br=C3=BCcke?= =?utf-8?b?IGdlc3BlcnJ0?= (2)
Date: Fri, 2 May 2031 08:15:10 +0200
Message-ID: <17@kestrel.example>
Keywords: bridges, Norden
Comments: corrects the length of the closure
Content-Language: en
Organization: Kestrel
In-Reply-To: <16@kestrel.example>
"""
TEXT = "The bridge is closed.\n\nThe ferry runs."


def message(body: str = TEXT, headers: str = HEADERS) -> bytes:
    return f"{headers}\n{body}\n".encode()


def mbox(*messages: bytes) -> bytes:
    return b"".join(
        b"From desk@kestrel.example Fri May  2 08:15:10 2031\n" + each + b"\n" for each in messages
    )
