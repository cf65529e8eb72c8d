"""What the tests share: real servers, databases made per test, a system on its feet."""
