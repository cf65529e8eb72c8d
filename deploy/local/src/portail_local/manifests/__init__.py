"""The Kubernetes base that follows from the code: services, topology, who may reach whom."""
