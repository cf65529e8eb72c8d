"""The guard that keeps unit tests off the network, tried."""

import socket

import pytest
from pytest_socket import SocketBlockedError


def test_a_unit_test_cannot_open_a_socket() -> None:
    # The block warns before it raises, and warnings are errors here.
    with pytest.raises((SocketBlockedError, UserWarning)):
        socket.socket()
