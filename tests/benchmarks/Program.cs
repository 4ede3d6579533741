// The first table lands with the signatures it measures.
return 0;
