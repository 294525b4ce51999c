"""What holds connections to the brokers for as long as a block."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Connection(ABC):
    """Lets go of the brokers at the end of its block, however that ends."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the brokers."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
