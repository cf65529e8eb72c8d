"""Only by `make cluster-test`: a cluster of brokers is more than the whole suite has time for."""

import os

collect_ignore_glob = [] if os.environ.get("PORTAIL_CLUSTER_TEST") else ["test_*.py"]
