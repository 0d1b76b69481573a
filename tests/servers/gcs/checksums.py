# SPDX-License-Identifier: GPL-3.0-or-later
"""CRC-32C and MD5 in the form in which Cloud Storage tells them."""
import base64
import ctypes
import hashlib

POLYNOMIAL = 0x82F63B78


def _make_table():
    table = []
    for n in range(256):
        for _bit in range(8):
            n = n >> 1 ^ POLYNOMIAL if n & 1 else n >> 1
        table.append(n)
    return table


TABLE = _make_table()


def _slow(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _find_fast():
    """Intel's library, where it is installed: Python alone takes seconds for what is large."""
    try:
        function = ctypes.CDLL('libisal.so.2').crc32_iscsi
    except (OSError, AttributeError):
        return None
    function.restype = ctypes.c_uint32
    function.argtypes = (ctypes.c_char_p, ctypes.c_int, ctypes.c_uint32)
    return function


FAST = _find_fast()


def crc32c(data):
    if FAST is None:
        return _slow(data)
    return FAST(bytes(data), len(data), 0xFFFFFFFF) ^ 0xFFFFFFFF


def crc32c_text(data):
    return base64.b64encode(crc32c(data).to_bytes(4, 'big')).decode()


def md5_text(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


assert _slow(b'123456789') == crc32c(b'123456789') == 0xE3069283
