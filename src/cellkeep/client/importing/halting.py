"""What ends a run before it is through."""

import threading


class Halt:
    """Whether a run goes on, asked and told from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._sending = False
        self.reason = ""
        self.interrupted = False

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def stop(self, reason: str) -> None:
        """No other file is begun; the first reason counts."""
        with self._lock:
            self.reason = self.reason or reason
            self._over.set()

    def interrupt(self) -> None:
        """A person ends it."""
        with self._lock:
            self.interrupted = True
            self._over.set()

    def stop_unless_sending(self, reason: str) -> None:
        """End the run if nothing of it was sent yet."""
        with self._lock:
            if not self._sending:
                self.reason = self.reason or reason
                self._over.set()

    def may_send(self) -> bool:
        """Whether a file may still be sent; from then on something was."""
        with self._lock:
            self._sending = self._sending or not self.is_over
            return not self.is_over
