"""What benchmarks of the running web process share: its data, its rival, the load."""
