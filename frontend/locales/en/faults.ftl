## Breaking the practice server on purpose

fault-title = Break it on purpose
fault-label = Fault
fault-none = none
fault-about = Choose what goes wrong between the practice server and the wire. The session begins anew, and the address names the fault.
fault-relay = A practice server of the relay takes its fault when the relay starts: `wirelab --fault { $protocol }=NAME`. The practice server in this page can be broken here.
fault-real = A real server is left as it is. The practice server in this page can be broken here.
fault-in-force = fault: { $fault }
act-fault = Fault: { $fault }
act-no-fault = No fault
act-no-fault-about = The practice server as it should be
