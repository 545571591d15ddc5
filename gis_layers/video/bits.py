"""Reading the bit fields of H.264 and H.265 parameter sets."""


class BitReader:
    """Reads fixed and Exp-Golomb fields of a NAL unit's payload; ValueError where the data ends early."""

    def __init__(self, nal: bytes) -> None:
        payload = _without_emulation_prevention(nal)
        self._value = int.from_bytes(payload, "big")
        self._left = 8 * len(payload)

    def bits(self, count: int) -> int:
        """The next `count` bits as an unsigned number."""
        if count > self._left:
            raise ValueError("the parameter set ends early")
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def flag(self) -> bool:
        """The next bit."""
        return self.bits(1) == 1

    def unsigned(self) -> int:
        """ue(v) of ITU-T H.264 9.1."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > 32:
                raise ValueError("the parameter set holds an impossible number")
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        """se(v) of ITU-T H.264 9.1.1."""
        code = self.unsigned()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def _without_emulation_prevention(nal: bytes) -> bytes:
    return nal.replace(b"\0\0\3", b"\0\0")
